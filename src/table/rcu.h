/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * liburcu as it is used here: the bulletproof flavour, whose readers register
 * themselves.
 *
 * What _LGPL_SOURCE makes inline are functions of fewer than ten lines, whose use
 * section 5 of the LGPL 2.1 leaves unrestricted; liburcu's own comments say of
 * each that this is meant. Sanitizers and clang-tidy would find in them what is
 * liburcu's own, such as that it places its readers without the alignment that it
 * declares for them.
 *
 * ThreadSanitizer knows nothing of grace periods, nor of what liburcu's own code
 * does. It is told: all that a section did was before the end of the grace period
 * that waited for it, and what was put into a hash table was made before it is
 * found there.
 */
#ifndef RCU_H
#define RCU_H

#include <stdatomic.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang_analyzer__)
#define _LGPL_SOURCE
#endif
#include <urcu/rculfhash.h>
#include <urcu/urcu-bp.h>

#ifdef __SANITIZE_THREAD__
void __tsan_acquire(const void *address);
void __tsan_release(const void *address);
#define rcu_acquired(address) __tsan_acquire(address)
#define rcu_released(address) __tsan_release(address)
#else
#define rcu_acquired(address) ((void)(address))
#define rcu_released(address) ((void)(address))
#endif

static inline void rcu_enter(void)
{
	urcu_bp_read_lock();
}

static inline void rcu_leave(void)
{
	rcu_released(&urcu_bp_flavor);
	urcu_bp_read_unlock();
}

/* Waits until nobody is in a section any more that began before. */
static inline void rcu_wait(void)
{
	urcu_bp_synchronize_rcu();
	rcu_acquired(&urcu_bp_flavor);
}

/* What the pointer points to is complete for who reads it by the other. */
#define rcu_publish(pointer, value) atomic_store_explicit(pointer, value, memory_order_release)
#define rcu_read(pointer)           atomic_load_explicit(pointer, memory_order_acquire)

#endif
