// Model of the exclusive ends of a ring: records, claims, and the re-use of slots. README.md explains it.
//
// Rules, each of which can be left out with -DWITHOUT_…:
// RECORD_BEFORE_PUBLISH: an enqueue is in the word before the tail is published
// RECORD_BEFORE_RELEASE: a dequeue is in the word before the tail is released
// COPY_BEFORE_RELEASE: entries are copied out of the ring before the tail is released
// ONE_STORE: the list and the operation change in one store
// WORDS_BEFORE_CLAIMS: a sweep judges the words before it gives the ends free
// HEAD_MENDED: a sweep sets the head of an exclusive end to its tail
// SWEEP_BEFORE_CLAIM: the end of a dead process is taken only after the sweep
// SWEEP_BEFORE_SLOT: the slot of a dead process is taken only after the sweep
// GENERATION: a claim tells the processes apart that have held a slot

#define SLOTS 3
#define PACKETS 3
#ifndef KILLS
#define KILLS 2
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef OPERATIONS
#define OPERATIONS 1 // of each process
#endif
#include "processes.pml"

// The ring. Positions do not wrap around. An entry that is in no use is 0, so that counting it is an error.
#define ENQUEUE 0
#define DEQUEUE 1
#define NONE 2
#define SIZE 2
byte head[2], tail[2], slots[SIZE], claim[2];
// The pool, in which packets are put and from which they are taken in one step.
bool pool[PACKETS + 1];
// For each slot, a block of two entries and its word: first, count, operation, position.
byte block[6], first[SLOTS], count[SLOTS], operation[SLOTS], position[SLOTS];

#define BLOCK(s, i) block[2 * (s) + (i)]
#define ROOM (SIZE + tail[DEQUEUE] - tail[ENQUEUE])
#define AVAILABLE (tail[ENQUEUE] - tail[DEQUEUE])

// Takes the lowest packet of the pool.
#define TAKE_PACKET \
    packet = 1; \
    do \
    :: packet <= PACKETS && !pool[packet] -> packet++ \
    :: else -> break \
    od; \
    if \
    :: packet <= PACKETS -> pool[packet] = false; BLOCK(s, count[s]) = packet; count[s]++ \
    :: else \
    fi; \
    packet = 0

#define GIVE_PACKET(i) \
    if \
    :: BLOCK(s, i) != 0 -> pool[BLOCK(s, i)] = true; BLOCK(s, i) = 0 \
    :: else \
    fi

// Takes the first n from the list. When the list is empty, it begins at the first entry again.
#define FORGET \
    BLOCK(s, first[s]) = 0; \
    if \
    :: n > 1 -> BLOCK(s, first[s] + 1) = 0 \
    :: else \
    fi; \
    first[s] = first[s] + n; \
    count[s] = count[s] - n; \
    if \
    :: count[s] == 0 -> first[s] = 0 \
    :: else \
    fi

#define PUBLISH_TAIL STEP( \
    slots[at % SIZE] = BLOCK(s, first[s]); \
    if \
    :: n > 1 -> slots[(at + 1) % SIZE] = BLOCK(s, first[s] + 1) \
    :: else \
    fi; \
    tail[ENQUEUE] = at + n)
#define RECORD_ENQUEUE operation[s] = ENQUEUE; position[s] = at
#ifdef WITHOUT_RECORD_BEFORE_PUBLISH
#define BEGIN_ENQUEUE
#else
#define BEGIN_ENQUEUE RECORD_ENQUEUE
#endif

inline enqueue() {
    STEP(head[ENQUEUE] = at + n);
    PUBLISH_TAIL;
#ifdef WITHOUT_RECORD_BEFORE_PUBLISH
    STEP(RECORD_ENQUEUE);
#endif
#ifdef WITHOUT_ONE_STORE
    STEP(FORGET);
    STEP(operation[s] = NONE; position[s] = 0);
#else
    STEP(FORGET; operation[s] = NONE; position[s] = 0);
#endif
    at = at + n
}

#define COPY_OUT \
    BLOCK(s, 0) = slots[at % SIZE]; \
    if \
    :: n > 1 -> BLOCK(s, 1) = slots[(at + 1) % SIZE] \
    :: else \
    fi
#define RECORD_DEQUEUE operation[s] = DEQUEUE; position[s] = at + n
#define RELEASE_TAIL STEP(tail[DEQUEUE] = at + n)

inline dequeue() {
#if defined(WITHOUT_RECORD_BEFORE_RELEASE)
    STEP(COPY_OUT);
    STEP(head[DEQUEUE] = at + n);
    RELEASE_TAIL;
    STEP(count[s] = n; RECORD_DEQUEUE);
#elif defined(WITHOUT_COPY_BEFORE_RELEASE)
    STEP(count[s] = n; RECORD_DEQUEUE);
    STEP(head[DEQUEUE] = at + n);
    RELEASE_TAIL;
    STEP(COPY_OUT);
#elif defined(WITHOUT_ONE_STORE)
    STEP(COPY_OUT; count[s] = n);
    STEP(RECORD_DEQUEUE);
    STEP(head[DEQUEUE] = at + n);
    RELEASE_TAIL;
#else
    STEP(COPY_OUT; count[s] = n; RECORD_DEQUEUE);
    STEP(head[DEQUEUE] = at + n);
    RELEASE_TAIL;
#endif
    STEP(operation[s] = NONE; position[s] = 0);
    at = at + n
}

#ifdef WITHOUT_SWEEP_BEFORE_CLAIM
#define MAY_CLAIM(e) (claim[e] == 0 || gone[SLOT(claim[e])] == claim[e])
#else
#define MAY_CLAIM(e) (claim[e] == 0)
#endif

// A secondary that holds one of the ends, when it is free. After its death a new one takes its slot.
proctype Process(byte s) {
    byte left, n, at, packet;
    bit end_;

    atomic {
        left = OPERATIONS;
        if
        :: s < 2 -> end_ = s; goto work
        :: else -> goto wait
        fi
    }
start:
    atomic { TAKE_SLOT; left = OPERATIONS }
wait:
    // It begins at the head, as the functions in C do.
    if
    :: d_step { MAY_CLAIM(ENQUEUE) -> claim[ENQUEUE] = NAME(holder[s]); end_ = ENQUEUE; at = head[ENQUEUE] }
    :: d_step { MAY_CLAIM(DEQUEUE) -> claim[DEQUEUE] = NAME(holder[s]); end_ = DEQUEUE; at = head[DEQUEUE] }
    :: KILL
    :: goto leave
    fi;
work:
    do
    :: left > 0 && end_ == ENQUEUE ->
       if
       :: d_step { count[s] == 0 -> TAKE_PACKET }
       :: d_step { count[s] == 0 -> TAKE_PACKET; TAKE_PACKET }
       :: d_step { count[s] > 0 }
       fi;
       if
       :: d_step { count[s] > 0 && ROOM > 0 -> n = 1; left--; BEGIN_ENQUEUE } enqueue()
       :: d_step { count[s] > 1 && ROOM > 1 -> n = 2; left--; BEGIN_ENQUEUE } enqueue()
       :: KILL
       :: goto leave
       fi;
       n = 0
    :: left > 0 && end_ == DEQUEUE ->
       if
       :: d_step { AVAILABLE > 0 -> n = 1; left-- } dequeue()
       :: d_step { AVAILABLE > 1 -> n = 2; left-- } dequeue()
       :: KILL
       :: goto leave
       fi;
       n = 0;
       STEP(GIVE_PACKET(0); GIVE_PACKET(1); count[s] = 0)
    :: else -> break
    od;
    goto leave;
killed:
    atomic { n = 0; at = 0; end_ = 0 }
    goto start;
leave:
    atomic { n = 0; at = 0; end_ = 0; left = 0; ended++ }
}

#define COLLECT(i) \
    assert(BLOCK(slot, i) != 0); \
    hand[BLOCK(slot, i)] = 1

// Collects the packets of the block that are the dead process's, and empties its list.
#define JUDGE \
    slot = SLOT(life); \
    from = first[slot]; \
    upto = first[slot] + count[slot]; \
    if \
    :: operation[slot] == ENQUEUE -> from = from + tail[ENQUEUE] - position[slot] \
    :: operation[slot] == DEQUEUE -> upto = upto - (position[slot] - tail[DEQUEUE]) \
    :: else \
    fi; \
    assert(from <= upto && upto <= 2); \
    do \
    :: from < upto -> COLLECT(from); from++ \
    :: else -> break \
    od; \
    BLOCK(slot, 0) = 0; BLOCK(slot, 1) = 0; \
    first[slot] = 0; count[slot] = 0; operation[slot] = NONE; position[slot] = 0; \
    slot = 0; from = 0; upto = 0

inline judge() {
    if
    :: IS_SWEPT -> SWEEP(JUDGE)
    :: else
    fi
}

inline free_claims() {
    if
    :: claim[ENQUEUE] == NAME(life) -> SWEEP(claim[ENQUEUE] = 0)
    :: else
    fi;
    if
    :: claim[DEQUEUE] == NAME(life) -> SWEEP(claim[DEQUEUE] = 0)
    :: else
    fi
}

#ifdef WITHOUT_HEAD_MENDED
#define MEND_HEAD(e) skip
#else
#define MEND_HEAD(e) head[e] = tail[e]
#endif

inline mend_heads() {
    if
    :: claim[ENQUEUE] == NAME(life) -> SWEEP(MEND_HEAD(ENQUEUE))
    :: else
    fi;
    if
    :: claim[DEQUEUE] == NAME(life) -> SWEEP(MEND_HEAD(DEQUEUE))
    :: else
    fi
}

#define COUNT(condition) found = found + (condition -> 1 : 0)

// The primary's sweeper, and the balance at the end.
proctype Sweeper() {
    byte life, last, slot, from, upto, packet, found;

next:
    do
    :: gone[0] != 0 -> life = gone[0]; break
    :: gone[1] != 0 -> life = gone[1]; break
    :: gone[2] != 0 -> life = gone[2]; break
    :: restarts > 0 && last != 0 -> restarts--; life = last; break // the same death is reported once more
    :: ended == SLOTS && gone[0] == 0 && gone[1] == 0 && gone[2] == 0 -> goto balance
    od;

begin:
#ifdef WITHOUT_WORDS_BEFORE_CLAIMS
    mend_heads();
    free_claims();
    judge();
#else
    judge();
    mend_heads();
    free_claims();
#endif
    atomic {
        packet = 1;
        do
        :: packet <= PACKETS ->
           assert(hand[packet] == 0 || !pool[packet]);
           if
           :: hand[packet] > 0 -> pool[packet] = true; hand[packet] = 0
           :: else
           fi;
           packet++
        :: else -> packet = 0; break
        od;
        FREE_SLOT
    }
    goto next;

balance:
    atomic {
        assert(claim[ENQUEUE] == 0 || NAME(holder[SLOT(claim[ENQUEUE])]) == claim[ENQUEUE]);
        assert(claim[DEQUEUE] == 0 || NAME(holder[SLOT(claim[DEQUEUE])]) == claim[DEQUEUE]);
        // Each packet is in one place: the pool, a block or the ring.
        packet = 1;
        do
        :: packet <= PACKETS ->
           found = pool[packet];
           slot = 0;
           do
           :: slot < SLOTS ->
              COUNT(count[slot] > 0 && BLOCK(slot, first[slot]) == packet);
              COUNT(count[slot] > 1 && BLOCK(slot, first[slot] + 1) == packet);
              slot++
           :: else -> break
           od;
           from = tail[DEQUEUE];
           do
           :: from != tail[ENQUEUE] -> COUNT(slots[from % SIZE] == packet); from++
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
        pool[1] = true; pool[2] = true; pool[3] = true;
        operation[0] = NONE; operation[1] = NONE; operation[2] = NONE;
        generation[0] = 1; generation[1] = 1; generation[2] = 1;
        holder[0] = LIFE(0); holder[1] = LIFE(1); holder[2] = LIFE(2);
        // The third process waits for an end.
        claim[ENQUEUE] = NAME(holder[0]); claim[DEQUEUE] = NAME(holder[1]);
        run Process(0);
        run Process(1);
        run Process(2);
        run Sweeper()
    }
}
