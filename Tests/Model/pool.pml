// Model of moves between caches or blocks and the ring of a pool, under owner words. README.md explains it.
//
// Rules, each of which can be left out with -DWITHOUT_…:
// OWNER_FIRST: the owner word is taken before the head is moved
// NAMED_HEAD: the head names the process that moves, so that a move that was not published is told from a driver's
// RECORD_LAST: `what`, with which the record begins to count, is stored after the position and the length
// RECORD_BEFORE_PUBLISH: the record is written before the tail is published
// PUBLISH_BEFORE_LENGTH: the tail is published before the cache's length changes
// RECORD_UNTIL_LENGTH: the record is cleared only after the cache's length has changed
// LENGTH_OF_BLOCK: the record notes the length of a block too, so that a sweep sets it instead of changing it
// SETTLED_WITH_THE_SIDE: a sweep sets the length of a block before it gives the owner word free
// SIDES_FIRST: a sweep settles the sides before it counts caches and blocks
// UNFLAGGED_BEFORE_UNDONE: a sweep takes "begun" back before it undoes a move
// GENERATION: the owner word tells the processes apart that have held a slot
// OTHERS_MEANWHILE: a sweep that waits for an owner word sweeps other dead processes meanwhile
// SWEEP_BEFORE_SLOT: a slot and its lcore id are taken only after the sweep

#define PACKETS 3
#define PUT 0
#define GET 1
#define PRIMARY 255

// Bits of a side's `what`. A record also names the lcore, which here has the number of the slot.
#define RECORDED 1
#define BEGUN 2
#define VIA_BLOCK 4
#define LCORE 3 // the first bit of the number

#define SLOTS 2
#ifndef KILLS
#ifdef WITHOUT_OTHERS_MEANWHILE
#define KILLS 2
#else
#define KILLS 1
#endif
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#ifndef MOVES
#define MOVES 1 // by each process
#endif
#ifndef EXCHANGES
#define EXCHANGES 1 // by the primary's driver
#endif
#include "processes.pml"

// The pool's ring: a head and a tail for each side, and the entries. Positions do not wrap around.
#define SIZE 4
byte head[2], tail[2], slots[SIZE];
// The sides in the registry.
byte owner[2], what[2], at[2], length0[2];
// For each slot: a cache, and a block of the arena. What lies beyond a length is 0, so that counting it is an error.
byte length[2], cache[4], count[2], block[4];

// What the driver holds.
byte held;

#define CACHE(s, i) cache[2 * (s) + (i)]
#define BLOCK(s, i) block[2 * (s) + (i)]

#define CLEAR what[side] = 0; at[side] = 0; length0[side] = 0
#define CHANGE_CACHE \
    STEP( \
        if \
        :: side == PUT -> length[s]--; CACHE(s, length[s]) = 0 \
        :: else -> length[s]++ \
        fi)
#define NOTE at[side] = tail[side]; length0[side] = (via == VIA_BLOCK -> count[s] : length[s])
#define RECORD what[side] = RECORDED | BEGUN | via | s << LCORE
// A head that names a process is none of a driver.
#ifdef WITHOUT_NAMED_HEAD
#define TOKEN(name) (tail[side] + 1)
#else
#define TOKEN(name) (100 + (name))
#endif
#define FREE_TO_SWAP(side) (head[side] == tail[side] && (side == PUT || tail[PUT] != tail[GET]))

// Chooses what to move, and takes the owner word of that side.
#ifdef WITHOUT_OWNER_FIRST
#define FREE_SIDE(side) true
#define TAKE
#else
#define FREE_SIDE(side) (owner[side] == 0)
#define TAKE owner[side] = NAME(holder[s])
#endif

// Moves one packet between a cache or a block and the pool's ring. A step contains more than one store only when
// nobody reads the others: the position and the length before `what`, and entries before they are published.
inline move() {
    if
    :: d_step { head[side] == tail[side] && !FREE_TO_SWAP(side) } goto finish
    :: d_step { FREE_TO_SWAP(side) -> head[side] = TOKEN(NAME(holder[s])) }
    :: KILL
    fi;
#ifdef WITHOUT_OWNER_FIRST
    STEP(owner[side] == 0 -> owner[side] = NAME(holder[s]));
#endif
#if defined(WITHOUT_RECORD_LAST)
    STEP(RECORD);
    STEP(NOTE);
#elif !defined(WITHOUT_RECORD_BEFORE_PUBLISH)
    STEP(NOTE; RECORD);
#endif
    if
    :: side == GET && via == VIA_BLOCK -> STEP(BLOCK(s, count[s]) = slots[tail[GET] % SIZE]; count[s]++)
#ifdef WITHOUT_PUBLISH_BEFORE_LENGTH
    :: side == GET && via == 0 -> STEP(CACHE(s, length[s]) = slots[tail[GET] % SIZE]; length[s]++)
    :: side == PUT && via == 0 ->
       STEP(length[s]--; slots[tail[PUT] % SIZE] = CACHE(s, length[s]); CACHE(s, length[s]) = 0)
#endif
    :: else
    fi;
    STEP(
        if
        :: side == GET ->
#ifndef WITHOUT_PUBLISH_BEFORE_LENGTH
           if
           :: via == 0 -> CACHE(s, length[s]) = slots[tail[GET] % SIZE]
           :: else
           fi;
#endif
           slots[tail[GET] % SIZE] = 0
        :: side == PUT && via == VIA_BLOCK -> slots[tail[PUT] % SIZE] = BLOCK(s, count[s] - 1)
#ifndef WITHOUT_PUBLISH_BEFORE_LENGTH
        :: side == PUT && via == 0 -> slots[tail[PUT] % SIZE] = CACHE(s, length[s] - 1)
#endif
        :: else
        fi;
        tail[side]++; head[side] = tail[side]);
#ifdef WITHOUT_RECORD_BEFORE_PUBLISH
    STEP(NOTE; at[side]--; RECORD);
#endif
#ifdef WITHOUT_RECORD_UNTIL_LENGTH
    STEP(CLEAR);
#endif
    if
    :: via == VIA_BLOCK && side == PUT -> STEP(count[s]--; BLOCK(s, count[s]) = 0)
#ifndef WITHOUT_PUBLISH_BEFORE_LENGTH
    :: via == 0 -> CHANGE_CACHE
#endif
    :: else
    fi;
finish:
    STEP(CLEAR);
    STEP(owner[side] = 0; side = 0; via = 0; left--)
}

// A secondary. After its death a new one takes its slot and its lcore.
proctype Process(bit s) {
    byte left;
    bit side;
    byte via;

start:
    atomic { TAKE_SLOT; left = MOVES }
again:
    if
    :: d_step { left > 0 && FREE_SIDE(GET) && length[s] < 2 -> side = GET; via = 0; TAKE }
    :: d_step { left > 0 && FREE_SIDE(PUT) && length[s] > 0 -> side = PUT; via = 0; TAKE }
    :: d_step { left > 0 && FREE_SIDE(GET) && count[s] < 2 -> side = GET; via = VIA_BLOCK; TAKE }
    :: d_step { left > 0 && FREE_SIDE(PUT) && count[s] > 0 -> side = PUT; via = VIA_BLOCK; TAKE }
    :: goto leave
    fi;
    move();
    goto again;
killed:
    atomic { side = 0; via = 0 }
    goto start;
leave:
    atomic { left = 0; ended++ }
}

// A driver in the primary, which exchanges with the pool's ring by itself, without an owner word.
proctype Driver() {
    byte left = EXCHANGES;
    do
    :: d_step { left > 0 && held == 0 && FREE_TO_SWAP(GET) -> head[GET]++ }
       d_step { held = slots[tail[GET] % SIZE]; slots[tail[GET] % SIZE] = 0; tail[GET]++; left-- }
    :: d_step { left > 0 && held != 0 && FREE_TO_SWAP(PUT) -> head[PUT]++ }
       d_step { slots[tail[PUT] % SIZE] = held; held = 0; tail[PUT]++; left-- }
    :: break
    od;
    atomic { left = 0; ended++ }
}

#define UNDO \
    head[side] = tail[side]; \
    if \
    :: side == PUT -> slots[tail[PUT] % SIZE] = 0 \
    :: side == GET && what[side] != 0 && (what[side] & VIA_BLOCK) == 0 -> CACHE(lcore, length[lcore]) = 0 \
    :: else \
    fi

#ifdef WITHOUT_LENGTH_OF_BLOCK
#define BLOCK_DONE (side == GET -> count[lcore] : count[lcore] - 1)
#else
#define BLOCK_DONE (side == GET -> length0[side] + 1 : length0[side] - 1)
#endif

#define SETTLE_BLOCK(n) \
    SWEEP( \
        count[lcore] = n; \
        if \
        :: n < 2 -> BLOCK(lcore, 1) = 0 \
        :: else \
        fi; \
        if \
        :: n < 1 -> BLOCK(lcore, 0) = 0 \
        :: else \
        fi)

inline settle() {
    if
    :: owner[side] == NAME(life) ->
       lcore = what[side] >> LCORE;
       if
       :: head[side] != tail[side] && head[side] == TOKEN(NAME(life)) ->
#ifndef WITHOUT_UNFLAGGED_BEFORE_UNDONE
          SWEEP(what[side] = what[side] & ~BEGUN);
#endif
          SWEEP(UNDO);
          undone = true
       :: else ->
          if
          :: (what[side] & BEGUN) == 0 || tail[side] == at[side] -> undone = true
          :: (what[side] & BEGUN) != 0 && tail[side] != at[side] && (what[side] & VIA_BLOCK) == 0 ->
             SWEEP(
                 if
                 :: side == PUT -> length[lcore] = length0[PUT] - 1; CACHE(lcore, length0[PUT] - 1) = 0
                 :: else -> length[lcore] = length0[GET] + 1
                 fi)
          :: (what[side] & BEGUN) != 0 && tail[side] != at[side] && (what[side] & VIA_BLOCK) != 0 ->
#ifdef WITHOUT_SETTLED_WITH_THE_SIDE
             skip
#else
             SETTLE_BLOCK(BLOCK_DONE)
#endif
          fi
       fi;
       if
       :: undone && (what[side] & VIA_BLOCK) != 0 && side == GET ->
#ifndef WITHOUT_SETTLED_WITH_THE_SIDE
          SETTLE_BLOCK(length0[GET]);
#endif
          undone = false
       :: else -> undone = false
       fi;
       SWEEP(CLEAR);
       SWEEP(owner[side] = 0);
       lcore = 0
    :: else
    fi
}

// Puts what is listed or cached at one place into the set.
#define COLLECT(amount, place) \
    assert(amount <= 2); \
    packet = 0; \
    do \
    :: packet < amount -> \
       assert(place(lcore, packet) != 0); \
       hand[place(lcore, packet)] = 1; \
       place(lcore, packet) = 0; \
       packet++ \
    :: else -> break \
    od; \
    do \
    :: packet < 2 -> place(lcore, packet) = 0; packet++ \
    :: else -> break \
    od; \
    packet = 0; amount = 0

// Collects the set from the block and the cache of the dead process, unless another one has its slot already.
inline collect() {
    if
    :: IS_SWEPT ->
       SWEEP(lcore = SLOT(life); COLLECT(count[lcore], BLOCK));
       SWEEP(lcore = SLOT(life); COLLECT(length[lcore], CACHE));
       lcore = 0
    :: else
    fi
}

inline sides() {
    do
    :: true ->
       settle();
       if
       :: side == PUT -> side = GET
       :: else -> side = 0; break
       fi
    od
}

// Puts one packet of the set into the pool's ring, whose owner word is taken.
inline put_back() {
    d_step { head[PUT] == tail[PUT] -> head[PUT]++ }
    d_step {
        packet = 1;
        do
        :: hand[packet] == 0 -> packet++
        :: else -> break
        od;
        slots[tail[PUT] % SIZE] = packet;
        hand[packet]--;
        packet = 0;
        tail[PUT]++
    }
    d_step { owner[PUT] = 0 }
}

#define COUNT(condition) found = found + (condition -> 1 : 0)
#define IN_HAND (hand[1] + hand[2] + hand[3] > 0)

// The primary's sweeper, and the balance at the end.
proctype Sweeper() {
    byte life, last, packet, found;
    bit side, lcore;
    bool undone;

next:
    do
    :: gone[0] != 0 -> life = gone[0]; break
    :: gone[1] != 0 -> life = gone[1]; break
    :: restarts > 0 && last != 0 -> restarts--; life = last; break // the same death is reported once more
#ifndef WITHOUT_OTHERS_MEANWHILE
    :: d_step { IN_HAND && owner[PUT] == 0 -> owner[PUT] = PRIMARY } put_back()
#endif
    :: ended == 3 && gone[0] == 0 && gone[1] == 0 && !IN_HAND -> goto balance
    od;

begin:
    atomic { undone = false; side = 0; lcore = 0 }
#ifdef WITHOUT_SIDES_FIRST
    collect();
    sides();
#else
    sides();
    collect();
#endif
    atomic { FREE_SLOT }
#ifdef WITHOUT_OTHERS_MEANWHILE
    do
    :: IN_HAND -> d_step { owner[PUT] == 0 -> owner[PUT] = PRIMARY } put_back()
    :: else -> break
    od;
#endif
    goto next;

balance:
    atomic {
        assert(head[PUT] == tail[PUT] && head[GET] == tail[GET]);
        assert(owner[PUT] == 0 && owner[GET] == 0 && what[PUT] == 0 && what[GET] == 0);
        // Each packet is in one place: the ring, the driver, a cache or a block.
        packet = 1;
        do
        :: packet <= PACKETS ->
           found = (held == packet);
           side = 0;
           do
           :: true ->
              COUNT(length[side] > 0 && CACHE(side, 0) == packet);
              COUNT(length[side] > 1 && CACHE(side, 1) == packet);
              COUNT(count[side] > 0 && BLOCK(side, 0) == packet);
              COUNT(count[side] > 1 && BLOCK(side, 1) == packet);
              if
              :: side == 0 -> side = 1
              :: else -> break
              fi
           od;
           life = tail[GET];
           do
           :: life != tail[PUT] -> COUNT(slots[life % SIZE] == packet); life++
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
        if
        :: slots[0] = 1; tail[PUT] = 1; head[PUT] = 1
        :: held = 1
        fi;
        length[0] = 1; CACHE(0, 0) = 2;
        count[1] = 1; BLOCK(1, 0) = 3;
        run Process(0);
        run Process(1);
        run Driver();
        run Sweeper()
    }
}
