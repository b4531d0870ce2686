// Model of shared ends of a ring whose head names who is at it (HTS), and of the records of packets. README.md
// explains it.
//
// Rules, each of which can be left out with -DWITHOUT_…:
// NAMED_HEAD: while an operation goes on, the head names the process
// RECORD_BEFORE_PUBLISH: packets that go into the ring are in the record before the tail is published
// RECORD_BEFORE_RELEASE: packets that leave the ring are in the record before the tail is released
// POSITION: the record says where the operation began, since another thread of the process may be at it later
// WORDS_BEFORE_HEADS: a sweep judges the records before it sets the heads back
// GENERATION: the name tells the processes apart that have held a slot
// SWEEP_BEFORE_SLOT: the slot of a dead process is taken only after the sweep

#define SLOTS 2
#define THREADS 3 // two of the process in the first slot, and one of the other
#define PACKETS 2
#ifndef KILLS
#define KILLS 1
#endif
// A sweep is not left off here: once it changes something it goes on to its end, and the primary's death ends the
// group.
// But a death may be reported once more.
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef OPERATIONS
#define OPERATIONS 1 // of each thread
#endif
#include "processes.pml"

// The ring. Positions do not wrap around. An entry that is in no use is 0, so that counting it is an error. A head is
// equal to the tail, or names a process.
#define PUT 0
#define TAKE 1
#define NONE 2
#define SIZE 2
#define NAMED 64
byte head[2], tail[2], slots[SIZE];
bool pool[PACKETS + 1];
// For each thread, a block of two entries and its record.
byte block[6], first[3], count[3], operation[3], position[3], number[3];

#define BLOCK(b, i) block[2 * (b) + (i)]
#define ROOM (SIZE + tail[TAKE] - tail[PUT])
#define AVAILABLE (tail[PUT] - tail[TAKE])

#ifdef WITHOUT_NAMED_HEAD
#define HEAD(side, n) (tail[side] + n)
#define IS_WITHIN(side, life) (head[side] != tail[side])
#else
#define HEAD(side, n) (NAMED + NAME(mine))
#define IS_WITHIN(side, life) (head[side] == NAMED + NAME(life))
#endif

// One step of a thread, whose process may be killed by now.
#define LIVES (holder[s] == mine && gone[s] != mine)
#define THREAD_STEP(...) \
    if \
    :: d_step { LIVES -> __VA_ARGS__ } \
    :: d_step { LIVES && kills > 0 -> kills--; gone[s] = mine } goto killed \
    :: !LIVES -> goto killed \
    fi

#define BEGIN(side) at = tail[side]; head[side] = HEAD(side, n)
#define RECORD(side) operation[b] = side; position[b] = at; number[b] = n
#define END(side) tail[side] = at + n; head[side] = at + n
#define DONE operation[b] = NONE; position[b] = 0; number[b] = 0

#define COPY_IN \
    slots[at % SIZE] = BLOCK(b, first[b]); \
    if \
    :: n > 1 -> slots[(at + 1) % SIZE] = BLOCK(b, first[b] + 1) \
    :: else \
    fi

// Takes the first n from the list.
#define FORGET \
    BLOCK(b, first[b]) = 0; \
    if \
    :: n > 1 -> BLOCK(b, first[b] + 1) = 0 \
    :: else \
    fi; \
    first[b] = first[b] + n; \
    count[b] = count[b] - n; \
    if \
    :: count[b] == 0 -> first[b] = 0 \
    :: else \
    fi

#define COPY_OUT \
    BLOCK(b, 0) = slots[at % SIZE]; \
    if \
    :: n > 1 -> BLOCK(b, 1) = slots[(at + 1) % SIZE] \
    :: else \
    fi; \
    count[b] = n

#define TAKE_PACKET \
    packet = 1; \
    do \
    :: packet <= PACKETS && !pool[packet] -> packet++ \
    :: else -> break \
    od; \
    if \
    :: packet <= PACKETS -> pool[packet] = false; BLOCK(b, count[b]) = packet; count[b]++ \
    :: else \
    fi; \
    packet = 0

#define GIVE_PACKET(i) \
    if \
    :: BLOCK(b, i) != 0 -> pool[BLOCK(b, i)] = true; BLOCK(b, i) = 0 \
    :: else \
    fi

// Begins when nobody else is at it. What has to be waited for may never come.
#define THREAD_BEGINS(side, is_possible) \
    if \
    :: d_step { LIVES && head[side] == tail[side] && is_possible -> BEGIN(side) } \
    :: !LIVES -> goto killed \
    :: goto leave \
    fi

inline enqueue() {
    THREAD_BEGINS(PUT, ROOM >= n);
#ifdef WITHOUT_RECORD_BEFORE_PUBLISH
    THREAD_STEP(COPY_IN; END(PUT));
    THREAD_STEP(RECORD(PUT));
#else
    THREAD_STEP(RECORD(PUT));
    THREAD_STEP(COPY_IN; END(PUT));
#endif
    THREAD_STEP(FORGET; DONE)
}

inline dequeue() {
    THREAD_BEGINS(TAKE, AVAILABLE >= n);
#ifdef WITHOUT_RECORD_BEFORE_RELEASE
    THREAD_STEP(END(TAKE));
    THREAD_STEP(COPY_OUT; RECORD(TAKE));
#else
    THREAD_STEP(COPY_OUT; RECORD(TAKE));
    THREAD_STEP(END(TAKE));
#endif
    THREAD_STEP(DONE)
}

// A thread of a secondary. After the process's death, its threads go on as those of a new one in the slot.
proctype Thread(byte s, b) {
    byte mine, left, n, at, packet;

    mine = holder[s];
work:
    left = OPERATIONS;
    do
    :: left > 0 ->
       left--;
       if
       :: THREAD_STEP(TAKE_PACKET);
          n = count[b]
       :: THREAD_STEP(TAKE_PACKET; TAKE_PACKET);
          n = count[b]
       :: n = 0
       fi;
       if
       :: n > 0 -> enqueue()
       :: else ->
          if
          :: n = 1
          :: n = 2
          fi;
          dequeue();
          THREAD_STEP(GIVE_PACKET(0); GIVE_PACKET(1); count[b] = 0)
       fi;
       n = 0
    :: else -> break
    od;
    goto leave;
killed:
    atomic { n = 0; at = 0; packet = 0 }
    if
    :: d_step { SLOT_IS_FREE -> generation[s]++; holder[s] = LIFE(s); mine = holder[s] }
    :: d_step { holder[s] != 0 && holder[s] != mine && gone[s] != holder[s] -> mine = holder[s] }
    fi;
    goto work;
leave:
    atomic { n = 0; at = 0; left = 0; mine = 0; ended++ }
}

#define COLLECT(i) \
    assert(BLOCK(b, i) != 0); \
    hand[BLOCK(b, i)]++

#ifdef WITHOUT_POSITION
#define IS_UNDONE(side) IS_WITHIN(side, life)
#else
#define IS_UNDONE(side) (IS_WITHIN(side, life) && tail[side] == position[b])
#endif

// Collects the packets of a block that are the dead process's, and empties its list.
#define JUDGE \
    from = first[b]; \
    upto = first[b] + count[b]; \
    if \
    :: operation[b] == PUT && !IS_UNDONE(PUT) -> from = from + number[b] \
    :: operation[b] == TAKE && IS_UNDONE(TAKE) -> upto = upto - number[b] \
    :: else \
    fi; \
    assert(from <= upto && upto <= 2); \
    do \
    :: from < upto -> COLLECT(from); from++ \
    :: else -> break \
    od; \
    BLOCK(b, 0) = 0; BLOCK(b, 1) = 0; \
    first[b] = 0; count[b] = 0; DONE; \
    from = 0; upto = 0

inline judge() {
    if
    :: d_step { IS_SWEPT && SLOT(life) == 0 -> b = 0; JUDGE }
       d_step { b = 1; JUDGE; b = 0 }
    :: d_step { IS_SWEPT && SLOT(life) == 1 -> b = 2; JUDGE; b = 0 }
    :: else
    fi
}

#define SET_BACK(side) \
    if \
    :: d_step { IS_WITHIN(side, life) -> head[side] = tail[side] } \
    :: else \
    fi

#define COUNT(condition) found = found + (condition -> 1 : 0)

// The primary's sweeper, and the balance at the end.
proctype Sweeper() {
    byte life, last, b, from, upto, packet, found;

next:
    do
    :: gone[0] != 0 -> life = gone[0]; break
    :: gone[1] != 0 -> life = gone[1]; break
    :: restarts > 0 && last != 0 -> restarts--; life = last; break // the same death is reported once more
    :: ended == THREADS && gone[0] == 0 && gone[1] == 0 -> goto balance
    od;
#ifdef WITHOUT_WORDS_BEFORE_HEADS
    SET_BACK(PUT);
    SET_BACK(TAKE);
    judge();
#else
    judge();
    SET_BACK(PUT);
    SET_BACK(TAKE);
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
        assert(head[PUT] == tail[PUT] && head[TAKE] == tail[TAKE]);
        // Each packet is in one place: the pool, a block or the ring.
        packet = 1;
        do
        :: packet <= PACKETS ->
           found = pool[packet];
           b = 0;
           do
           :: b < THREADS ->
              COUNT(count[b] > 0 && BLOCK(b, first[b]) == packet);
              COUNT(count[b] > 1 && BLOCK(b, first[b] + 1) == packet);
              b++
           :: else -> break
           od;
           from = tail[TAKE];
           do
           :: from != tail[PUT] -> COUNT(slots[from % SIZE] == packet); from++
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
        pool[1] = true; pool[2] = true;
        operation[0] = NONE; operation[1] = NONE; operation[2] = NONE;
        generation[0] = 1; generation[1] = 1;
        holder[0] = LIFE(0); holder[1] = LIFE(1);
        run Thread(0, 0);
        run Thread(0, 1);
        run Thread(1, 2);
        run Sweeper()
    }
}
