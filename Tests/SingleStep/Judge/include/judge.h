/*
 * A child process that is single-stepped through operations on packets, and the judge: after each instruction, what a
 * sweep would find of the child is compared with where every packet of the watched pools really is.
 *
 * Except for the last three functions, only the primary's main thread calls them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Rules of the sweep that the judge can leave out, to see that they are needed. */
enum judge_rule {
    JUDGE_EVERY_RULE = 0,
    JUDGE_ONCE,           /* a packet in a cache and in a list counts once */
    JUDGE_ENQUEUE,        /* the ring's tail says which packets are the ring's after an enqueue … */
    JUDGE_DEQUEUE,        /* … and after a dequeue */
    JUDGE_SHARED_ENQUEUE, /* the same for rings with many ends and for pools */
    JUDGE_SHARED_DEQUEUE,
    JUDGE_BEGUN,    /* a move that has the ring's head and has moved its tail was done */
    JUDGE_CACHE,    /* the length of a cache is not what it says during a move */
    JUDGE_NOTES,    /* lengths of caches are noted before a driver's call */
    JUDGE_RECEIVE,  /* entries that a driver may have written are listed */
    JUDGE_DROP,     /* a reference that is being given up is not given up again */
    JUDGE_SEGMENTS, /* the segments of a packet are listed before they are unlinked */
    JUDGE_HAND,     /* a packet that changes its place is listed */
    JUDGE_RULES
};
extern const char *_Nonnull const judge_rule_names[JUDGE_RULES];

/* Kinds of packets that the primary makes for the child. */
enum judge_kind {
    JUDGE_CHAIN = 0,    /* `size` segments */
    JUDGE_CLONE,        /* attached to a packet that nobody else has */
    JUDGE_CLONE_KEPT,   /* attached to a packet that the primary keeps */
    JUDGE_CLONE_BOTH,   /* attached to the packet behind it */
    JUDGE_SHARED,       /* the primary has it too */
    JUDGE_CHAIN_SHARED, /* `size` segments, the second of which the primary has too */
    JUDGE_CHAIN_CLONES, /* `size` segments, attached to segments that nobody else has */
    JUDGE_CHAIN_MIXED,  /* segments of two pools in turn */
};

/* Begins to watch a pool, or a ring of packets. */
bool judge_watch_pool(const char *name);
bool judge_watch_ring(const char *name);
/* Puts `count` packets of a kind into a watched ring. The attached ones' packets are of `other`. */
bool judge_give(const char *ring, enum judge_kind kind, const char *pool, const char *other, uint32_t size,
                uint32_t count);
/* Frees what the primary has kept of such packets. */
void judge_free_kept(void);

struct judge_result {
    uint32_t instants, wrong;
    char first[512]; /* the first wrong instant; empty if there is none */
};

/* Moves the calling thread, and all that it starts, to a network of its own, without a packet of the kernel's. */
bool judge_leave_network(void);
/* Starts this program again, with other arguments, to be stepped. */
bool judge_start_child(char *_Nullable *_Nonnull arguments);
/* Lets the child run to its next judge_pause. False, with a message, if it does not get there. */
bool judge_await_pause(void);
/* Steps the child to its next judge_pause, and judges each instant. The child has a process slot; a sweep may lose
 * `may_lose` segments. `left_out` is a rule. Each time, rules that were not proven are left out as well, to prove that
 * they are needed. */
bool judge_step(uint32_t slot, uint32_t may_lose, enum judge_rule left_out, struct judge_result *result);
/* Whether an instant was judged wrong without the rule. */
bool judge_is_proven(enum judge_rule rule);
/* Whether all packets of the watched pools are free. */
bool judge_all_are_free(void);
/* Lets the child run to its end: whether it exited with 0. */
bool judge_await_end(void);
void judge_kill_child(void);

/* In the child: has its parent trace the calling thread. */
void judge_trace_me(void);
/* In the child: waits for its parent. */
void judge_pause(void);
/* In the child: calls a function in a new thread, and waits for it. */
void judge_on_other_thread(void (*body)(void *_Nullable), void *_Nullable context);
/* In the child: gives a packet a buffer that is none of its pool's. */
void judge_attach_external(void *mbuf);

#pragma clang assume_nonnull end
