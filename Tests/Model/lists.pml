// Model of one lcore: blocks, the cache, calls of a driver, and the re-use of slot and lcore. README.md explains it.
//
// Rules, each of which can be left out with -DWITHOUT_…:
// CACHE_BEFORE_UNLISTING: a free puts packets into the cache before it takes them from the list
// FREED_AT_ONCE: nothing moves from the cache to the pool while freed packets are still listed
// LISTED_BEFORE_LENGTH: an allocation lists packets before it lowers the cache's length
// ENTRIES_BEFORE_WORD: entries are written before the word that lists them
// NEW_BEFORE_OLD: a move lists packets in the new block before it takes them from the old one
// NOTE_BEFORE_CALL: the cache's length is noted before the word says that a driver is called
// CUT_BACK: after a death in a send, the cache counts up to the noted length
// NOTED_IN_RECEIVE: after a death in a receive, the cache counts up to the noted length
// ZEROED: the room for a receive is zeroed before the call
// SET: a packet that is in two places of a dead process counts once
// CACHE_BEFORE_WORDS: a sweep empties the cache before the words, which say how much of the cache counts
// SWEEP_BEFORE_LCORE: the lcore id of a dead process is taken only after the sweep
// SWEEP_BEFORE_SLOT: the slot of a dead process is taken only after the sweep

#define SLOTS 2
#define PACKETS 3
#ifndef KILLS
#define KILLS 1
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef OPERATIONS
#define OPERATIONS 4 // of each process
#endif
#include "processes.pml"

#define NONE 0
#define SEND 1
#define RECEIVE 2
#define SIZE 2

// The pool, from which packets are taken and into which they are put in one step.
bool pool[PACKETS + 1];
// The lcore's holder, and its cache. What lies beyond the length stays as it was.
byte lcore, length, cache[SIZE];
// For each slot: a note, and two blocks of two entries with their words.
byte note[SLOTS], entries[8], count[4], operation[4];

#define ENTRY(b, i) entries[2 * (b) + (i)]

#ifdef WITHOUT_SWEEP_BEFORE_LCORE
#define LCORE_IS_FREE (lcore == 0 || gone[SLOT(lcore)] == lcore)
#else
#define LCORE_IS_FREE (lcore == 0)
#endif

// The cache is filled from the pool, and emptied into it (pool.pml shows how).
#define FILL \
    packet = 1; \
    do \
    :: !pool[packet] -> packet++ \
    :: else -> break \
    od; \
    pool[packet] = false; cache[length] = packet; length++; packet = 0
#define SOME_IN_POOL (pool[1] || pool[2] || pool[3])
#define EMPTY length--; assert(!pool[cache[length]]); pool[cache[length]] = true

inline free_() {
#ifdef WITHOUT_CACHE_BEFORE_UNLISTING
    STEP(count[b]--);
    STEP(cache[length] = ENTRY(b, count[b]); length++);
#else
    STEP(cache[length] = ENTRY(b, count[b] - 1));
    STEP(length++);
#ifdef WITHOUT_FREED_AT_ONCE
    STEP(EMPTY);
#endif
    STEP(count[b]--);
#endif
}

inline allocate() {
#if defined(WITHOUT_LISTED_BEFORE_LENGTH)
    STEP(ENTRY(b, count[b]) = cache[length - 1]);
    STEP(length--);
    STEP(count[b]++);
#elif defined(WITHOUT_ENTRIES_BEFORE_WORD)
    STEP(count[b]++);
    STEP(ENTRY(b, count[b] - 1) = cache[length - 1]);
    STEP(length--);
#else
    STEP(ENTRY(b, count[b]) = cache[length - 1]);
    STEP(count[b]++);
    STEP(length--);
#endif
}

// Moves a packet from one block to the other one of this process.
#define OTHER (b ^ 1)
inline pass() {
#ifdef WITHOUT_NEW_BEFORE_OLD
    STEP(ENTRY(OTHER, count[OTHER]) = ENTRY(b, count[b] - 1));
    STEP(count[b]--);
    STEP(count[OTHER]++);
#else
    STEP(ENTRY(OTHER, count[OTHER]) = ENTRY(b, count[b] - 1));
    STEP(count[OTHER]++);
    STEP(count[b]--);
#endif
}

// A driver frees all packets within the call. As DPDK does, it raises the cache's length before it copies.
inline send() {
#ifdef WITHOUT_NOTE_BEFORE_CALL
    STEP(operation[b] = SEND);
    STEP(note[s] = length);
#else
    STEP(note[s] = length);
    STEP(operation[b] = SEND);
#endif
    i = 0;
    do
    :: i < count[b] ->
       STEP(length++);
       STEP(cache[length - 1] = ENTRY(b, i); i++)
    :: else -> break
    od;
    STEP(count[b] = 0; operation[b] = NONE; i = 0)
}

// A driver allocates within the call. As DPDK does, it lowers the cache's length before it copies.
inline receive() {
#ifndef WITHOUT_ZEROED
    STEP(ENTRY(b, 0) = 0; ENTRY(b, 1) = 0);
#endif
    STEP(note[s] = length);
    STEP(operation[b] = RECEIVE; count[b] = 2);
    i = 0;
    do
    :: length > 0 && i < 2 ->
       STEP(length--);
       STEP(ENTRY(b, i) = cache[length]; i++)
    :: true -> break
    od;
    STEP(operation[b] = NONE; count[b] = i; i = 0)
}

// A secondary that waits for the one lcore. After its death a new one takes its slot.
proctype Process(bit s) {
    byte left, b, i, packet;

start:
    atomic { TAKE_SLOT; left = OPERATIONS }
    if
    :: d_step { LCORE_IS_FREE -> lcore = holder[s] }
    :: KILL
    :: goto leave
    fi;
    do
    :: atomic {
           left > 0 ->
           left--;
           if
           :: b = 2 * s
           :: b = 2 * s + 1
           fi
       }
       if
       :: length < SIZE && SOME_IN_POOL -> STEP(FILL)
       :: length > 0 -> STEP(EMPTY)
       :: count[b] < 2 && length > 0 -> allocate()
       :: count[b] > 0 && length < SIZE -> free_()
       :: count[b] > 0 && count[OTHER] < 2 -> pass()
       :: count[b] > 0 && length + count[b] <= SIZE -> send()
       :: count[b] == 0 -> receive()
       :: else -> break
       fi;
       b = 0
    :: break
    od;
    goto leave;
killed:
    atomic { b = 0; i = 0; packet = 0 }
    goto start;
leave:
    atomic { b = 0; left = 0; ended++ }
}

#ifdef WITHOUT_SET
#define ADD(packet) hand[packet]++
#else
#define ADD(packet) hand[packet] = 1
#endif

#ifdef WITHOUT_CUT_BACK
#define CUT(b)
#else
#define CUT(b) \
    if \
    :: operation[b] == SEND -> certain = note[slot] \
    :: else \
    fi
#endif
#ifdef WITHOUT_NOTED_IN_RECEIVE
#define COUNT_ON(b)
#else
#define COUNT_ON(b) \
    if \
    :: operation[b] == RECEIVE -> certain = note[slot] \
    :: else \
    fi
#endif

// Only entries of a receive may be 0.
#define COLLECT(b, i) \
    if \
    :: count[b] > i && ENTRY(b, i) != 0 -> ADD(ENTRY(b, i)) \
    :: count[b] > i && ENTRY(b, i) == 0 -> assert(operation[b] == RECEIVE) \
    :: else \
    fi
#define COLLECT_CACHED(i) \
    if \
    :: certain > i -> assert(cache[i] != 0); ADD(cache[i]) \
    :: else \
    fi

// Collects the set from the blocks and the cache of the dead process.
#define COLLECT_ALL \
    slot = SLOT(life); \
    COLLECT(2 * slot, 0); COLLECT(2 * slot, 1); COLLECT(2 * slot + 1, 0); COLLECT(2 * slot + 1, 1); \
    if \
    :: OWNS_LCORE -> \
       certain = length; \
       CUT(2 * slot); CUT(2 * slot + 1); \
       COUNT_ON(2 * slot); COUNT_ON(2 * slot + 1); \
       COLLECT_CACHED(0); COLLECT_CACHED(1) \
    :: else \
    fi; \
    certain = 0; slot = 0

#ifdef WITHOUT_SWEEP_BEFORE_LCORE
#define OWNS_LCORE true
#else
#define OWNS_LCORE (lcore == life)
#endif

#define CLEAR(b) count[b] = 0; operation[b] = NONE; ENTRY(b, 0) = 0; ENTRY(b, 1) = 0

#define EMPTY_CACHE \
    if \
    :: OWNS_LCORE -> SWEEP(length = 0) \
    :: else \
    fi

// The primary's sweeper, and the balance at the end.
proctype Sweeper() {
    byte life, last, slot, certain, packet, found;

next:
    do
    :: gone[0] != 0 -> life = gone[0]; break
    :: gone[1] != 0 -> life = gone[1]; break
    :: restarts > 0 && last != 0 -> restarts--; life = last; break // the same death is reported once more
    :: ended == SLOTS && gone[0] == 0 && gone[1] == 0 -> goto balance
    od;

begin:
    if
    :: IS_SWEPT ->
       SWEEP(COLLECT_ALL);
#ifndef WITHOUT_CACHE_BEFORE_WORDS
       EMPTY_CACHE;
#endif
       SWEEP(CLEAR(2 * SLOT(life)));
       SWEEP(CLEAR(2 * SLOT(life) + 1));
#ifdef WITHOUT_CACHE_BEFORE_WORDS
       EMPTY_CACHE;
#endif
       SWEEP(note[SLOT(life)] = 0)
    :: else
    fi;
    atomic {
        packet = 1;
        do
        :: packet <= PACKETS ->
           assert(hand[packet] < 2 && (hand[packet] == 0 || !pool[packet]));
           if
           :: hand[packet] > 0 -> pool[packet] = true; hand[packet] = 0
           :: else
           fi;
           packet++
        :: else -> packet = 0; break
        od;
        if
        :: lcore == life -> lcore = 0
        :: else
        fi;
        FREE_SLOT
    }
    goto next;

balance:
    atomic {
        // Each packet is in one place: the pool, the cache or a block.
        packet = 1;
        do
        :: packet <= PACKETS ->
           found = pool[packet];
           slot = 0;
           do
           :: slot < 2 ->
              found = found + (length > slot && cache[slot] == packet -> 1 : 0);
              found = found + (count[0] > slot && ENTRY(0, slot) == packet -> 1 : 0);
              found = found + (count[1] > slot && ENTRY(1, slot) == packet -> 1 : 0);
              found = found + (count[2] > slot && ENTRY(2, slot) == packet -> 1 : 0);
              found = found + (count[3] > slot && ENTRY(3, slot) == packet -> 1 : 0);
              slot++
           :: else -> break
           od;
           assert(found == 1);
           packet++
        :: else -> break
        od
    }
}

init {
    atomic {
        cache[0] = 1; cache[1] = 2; length = 2; pool[3] = true;
        run Process(0);
        run Process(1);
        run Sweeper()
    }
}
