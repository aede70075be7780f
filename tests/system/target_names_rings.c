/* SPDX-License-Identifier: BSD-2-Clause */
/* Files without a path: their names do not begin with a slash, or not with a real one. */
#include <arpa/inet.h>
#include <linux/aio_abi.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target_names.h"

static size_t page;

static void map_ring(int fd, size_t size, const char *what)
{
	if (fd < 0 || mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		target_names_without(what);
	if (fd >= 0)
		close(fd);
}

/* "anon_inode:[io_uring]" */
static void map_io_uring(void)
{
	struct io_uring_params parameters = { 0 };

	map_ring((int)syscall(SYS_io_uring_setup, 4, &parameters), page, "io_uring");
}

/* "anon_inode:[perf_event]" */
static void map_perf_event(void)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(event),
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1,
	};

	map_ring((int)syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC),
		 2 * page, "perf events");
}

/* "/[aio] (deleted)"; the kernel maps it itself. */
static void map_aio(void)
{
	aio_context_t context = 0;

	if (syscall(SYS_io_setup, 1, &context))
		target_names_without("aio");
}

/* "socket:[NUMBER]" */
static void map_packet_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
	struct tpacket_req ring = {
		.tp_block_size = (unsigned int)page,
		.tp_block_nr = 1,
		.tp_frame_size = TPACKET_ALIGNMENT << 7,
	};

	ring.tp_frame_nr = ring.tp_block_size / ring.tp_frame_size;
	if (fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring))) {
		target_names_without("a packet socket's ring");
		close(fd);
		return;
	}
	map_ring(fd, page, "a packet socket");
}

void target_names_map_rings(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	map_io_uring();
	map_perf_event();
	map_aio();
	map_packet_socket();
}
