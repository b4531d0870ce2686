/*
 * The ends of a ring that many use at once: an operation moves a side's head, copies, and moves the side's tail. These
 * functions do what DPDK's own do, in the modes RTE_RING_SYNC_MT, …_MT_RTS and …_MT_HTS, so that C processes may use
 * the ring too. They inline into Swift.
 *
 * HTS. While an operation goes on, everybody else waits for head = tail and looks at nothing else of the head. So this
 * library writes there who is at it: head := tail + token, where the token names the process. That one compare-and-swap
 * is all that an operation on values has to record; one on packets also records its position, since another thread of
 * the process may be at it next. After a death, tail + token says that the operation at this position was not done; the
 * primary sets the head back. Any other head says that it was done, or never began.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_atomic.h"
#include "cdpdk_registry.h"
#include "cdpdk_ring.h"

#pragma clang assume_nonnull begin

/* Head and tail of a side, in the layouts of DPDK's three modes. */
union cdpdk_ends {
    uint64_t both;
    struct {
        uint32_t head, tail;
    } at;
    struct {
        uint64_t tail; /* number of ended operations | tail << 32 */
        uint32_t sync, lead;
        uint64_t head; /* number of begun operations | head << 32; `lead` is how far it may be ahead of the tail */
    } relaxed;
};

/* A ring, as the calling process uses a shared end of it. `produces` says in the functions below which side is meant.
 */
struct cdpdk_shared_ring {
    struct cdpdk_ring *ring;
    const uint32_t *flags; /* of the object, with CDPDK_OBJECT_…_BLOCKED */
    uint32_t mask, capacity;
    uint32_t token; /* of the process */
    int32_t sync;   /* of the side */
};

/* An operation that has begun: `number` elements from `position` on. 0: nothing has begun. */
struct cdpdk_shared_move {
    uint32_t position, number;
};

/* What the process with a word of a claim writes into the head: more than any capacity, so that it differs from the
 * head of an operation in C. */
CDPDK_INLINE uint32_t cdpdk_shared_token(uint64_t holder) {
    return 1u << 31 | ((uint32_t)holder & 0x1ffffff) << 6 | (uint32_t)((holder >> 32) - 1);
}

struct cdpdk_shared_ring cdpdk_shared_ring(struct cdpdk_ring *ring, uint32_t object, bool produces);

CDPDK_INLINE union cdpdk_ends *cdpdk_shared_ends(struct cdpdk_ring *ring, bool produces) {
    return (union cdpdk_ends *)((char *)ring + (produces ? CDPDK_RING_PRODUCERS : CDPDK_RING_CONSUMERS));
}

CDPDK_INLINE void *cdpdk_shared_slots(struct cdpdk_shared_ring ring) { return (char *)ring.ring + CDPDK_RING_SLOTS; }

/* Waits for operations that began before, until one at `position` can go on. False if it cannot: in HTS, because others
 * were at it whenever this looked for half a second; else because a killed process has blocked the side; and because
 * the primary is dead. */
CDPDK_RARE bool cdpdk_shared_wait_now(struct cdpdk_ring *ring, bool produces, const uint32_t *flags, uint32_t position);
CDPDK_INLINE bool cdpdk_shared_wait(struct cdpdk_ring *ring, bool produces, const uint32_t *flags, uint32_t position) {
    return CDPDK_ADDRESS(cdpdk_shared_wait_now)(ring, produces, flags, position);
}

CDPDK_INLINE bool cdpdk_shared_is_blocked(const uint32_t *flags, bool produces) {
    uint32_t flag = produces ? CDPDK_OBJECT_PUT_BLOCKED : CDPDK_OBJECT_TAKE_BLOCKED;
    return __builtin_expect((cdpdk_load_relaxed_32(flags) & flag) != 0, 0);
}

/* How many of `wanted` elements can be moved from a position on. */
CDPDK_INLINE uint32_t cdpdk_shared_number(struct cdpdk_shared_ring ring, bool produces, uint32_t position,
                                          uint32_t wanted, bool all) {
    uint32_t tail = cdpdk_load_acquire_32(&cdpdk_shared_ends(ring.ring, !produces)->at.tail);
    uint32_t there = (produces ? ring.capacity : 0) + tail - position;
    return __builtin_expect(wanted <= there, 1) ? wanted : all ? 0 : there;
}

/* Begins to move up to `wanted` elements, or with `all` all or none. */
CDPDK_INLINE struct cdpdk_shared_move cdpdk_shared_begin(struct cdpdk_shared_ring ring, bool produces, uint32_t wanted,
                                                         bool all) {
    union cdpdk_ends *ends = cdpdk_shared_ends(ring.ring, produces);
    struct cdpdk_shared_move move = {0, 0};
    if (__builtin_expect(wanted == 0, 0))
        return move;
    if (ring.sync == CDPDK_RING_SYNC_MT_HTS) {
        uint64_t old = cdpdk_load_acquire_64(&ends->both), new;
        do {
            while (__builtin_expect((uint32_t)old != old >> 32, 0)) {
                if (!cdpdk_shared_wait(ring.ring, produces, ring.flags, 0))
                    return (struct cdpdk_shared_move){0, 0};
                old = cdpdk_load_acquire_64(&ends->both);
            }
            move.position = (uint32_t)old;
            move.number = cdpdk_shared_number(ring, produces, move.position, wanted, all);
            if (move.number == 0)
                return move;
            new = (old >> 32 << 32) | (uint32_t)(move.position + ring.token);
        } while (!__atomic_compare_exchange_n(&ends->both, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    } else if (ring.sync == CDPDK_RING_SYNC_MT) {
        move.position = cdpdk_load_acquire_32(&ends->at.head);
        do {
            move.number = cdpdk_shared_number(ring, produces, move.position, wanted, all);
            if (move.number == 0)
                return move;
        } while (!__atomic_compare_exchange_n(&ends->at.head, &move.position, move.position + move.number, false,
                                              __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    } else {
        uint64_t old = cdpdk_load_acquire_64(&ends->relaxed.head), new;
        /* An operation here would seem to be done on a side that is blocked, too. */
        if (cdpdk_shared_is_blocked(ring.flags, produces))
            return move;
        do {
            while (__builtin_expect((uint32_t)(old >> 32) - cdpdk_load_relaxed_32(&ends->at.tail) > ends->relaxed.lead,
                                    0)) {
                if (!cdpdk_shared_wait(ring.ring, produces, ring.flags, 0))
                    return (struct cdpdk_shared_move){0, 0};
                old = cdpdk_load_acquire_64(&ends->relaxed.head);
            }
            move.position = (uint32_t)(old >> 32);
            move.number = cdpdk_shared_number(ring, produces, move.position, wanted, all);
            if (move.number == 0)
                return move;
            new = (uint64_t)(move.position + move.number) << 32 | (uint32_t)(old + 1);
        } while (
            !__atomic_compare_exchange_n(&ends->relaxed.head, &old, new, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    }
    cdpdk_signal_fence();
    return move;
}

/* Ends an operation whose elements are copied. False if a killed process has blocked the side: then nothing was moved,
 * since nobody will look at what was copied. */
CDPDK_INLINE bool cdpdk_shared_end(struct cdpdk_shared_ring ring, bool produces, struct cdpdk_shared_move move) {
    union cdpdk_ends *ends = cdpdk_shared_ends(ring.ring, produces);
    uint32_t end = move.position + move.number;
    cdpdk_signal_fence();
    if (ring.sync == CDPDK_RING_SYNC_MT_HTS) {
        cdpdk_store_release_64(&ends->both, (uint64_t)end << 32 | end);
    } else if (ring.sync == CDPDK_RING_SYNC_MT) {
        if (__builtin_expect(cdpdk_load_relaxed_32(&ends->at.tail) != move.position, 0) &&
            !cdpdk_shared_wait(ring.ring, produces, ring.flags, move.position))
            return false;
        cdpdk_store_release_32(&ends->at.tail, end);
    } else {
        uint64_t old = cdpdk_load_acquire_64(&ends->relaxed.tail), new;
        do {
            uint64_t head = cdpdk_load_relaxed_64(&ends->relaxed.head);
            /* The last of those that are at it moves the tail. */
            new = (old >> 32 << 32) | (uint32_t)(old + 1);
            if ((uint32_t) new == (uint32_t)head)
                new = head;
        } while (
            !__atomic_compare_exchange_n(&ends->relaxed.tail, &old, new, false, __ATOMIC_RELEASE, __ATOMIC_ACQUIRE));
    }
    cdpdk_signal_fence();
    return true;
}

#pragma clang assume_nonnull end
