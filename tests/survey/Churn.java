/* SPDX-License-Identifier: BSD-2-Clause */
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Churn ALLOCATORS SPAWNERS: a service under load, until it is killed. Allocators keep some of what
 * they allocate, as a cache would. Each spawner starts short threads all the time; with 0 the
 * threads stay.
 */
class Churn {
	static final int KEPT = 20000;
	static volatile Object published;

	static void allocate(int seed) {
		SplittableRandom random = new SplittableRandom(seed);
		byte[][] cache = new byte[KEPT][];

		for (;;) {
			byte[] value = new byte[random.nextInt(64, 8192)];
			if (random.nextInt(4) == 0)
				cache[random.nextInt(KEPT)] = value;
			published = value;
		}
	}

	static void work() {
		byte[][] values = new byte[64][];

		for (int i = 0; i < values.length; i++)
			values[i] = new byte[1024];
		published = values;
	}

	static void spawn() {
		for (;;) {
			List<Thread> threads = new ArrayList<>();

			for (int i = 0; i < 32; i++) {
				Thread thread = new Thread(Churn::work);
				thread.start();
				threads.add(thread);
			}
			for (Thread thread : threads) {
				try {
					thread.join();
				} catch (InterruptedException e) {
					return;
				}
			}
		}
	}

	public static void main(String[] args) {
		for (int i = 0; i < Integer.parseInt(args[0]); i++) {
			int seed = i;
			new Thread(() -> allocate(seed)).start();
		}
		for (int i = 0; i < Integer.parseInt(args[1]); i++)
			new Thread(Churn::spawn).start();
	}
}
