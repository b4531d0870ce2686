// What the models share: slots, their holders, kills, and sweeps that are left off and begun anew.
// A model defines SLOTS, KILLS and RESTARTS before it includes this file.

// For each slot: its holder, how often it was taken, and its dead holder that is not swept yet.
byte holder[SLOTS], generation[SLOTS], gone[SLOTS];
byte kills = KILLS, restarts = RESTARTS;
// How many processes have ended their work; these live on, and do nothing more.
byte ended;
// The set of a sweep: how often each packet is in it.
byte hand[PACKETS + 1];

// A life is a process; slots have as many lives as they were taken. 0 is none.
#define LIFE(s) (4 * generation[s] + (s) + 1)
#define SLOT(life) ((life - 1) % 4)
// The name of a life in owner words and claims.
#ifdef WITHOUT_GENERATION
#define NAME(life) (SLOT(life) + 1)
#else
#define NAME(life) (life)
#endif

// One step of a process, at which it may be killed instead.
#define STEP(...) \
    if \
    :: d_step { __VA_ARGS__ } \
    :: KILL \
    fi
#define KILL d_step { kills > 0 -> kills--; gone[s] = holder[s] } goto killed

// A new process takes slot `s`.
#ifdef WITHOUT_SWEEP_BEFORE_SLOT
#define SLOT_IS_FREE (holder[s] == 0 || gone[s] != 0)
#else
#define SLOT_IS_FREE (holder[s] == 0)
#endif
#define TAKE_SLOT SLOT_IS_FREE -> generation[s]++; holder[s] = LIFE(s)

// One step of a sweep, which may be left off there and begun anew.
#define SWEEP(...) \
    if \
    :: d_step { __VA_ARGS__ } \
    :: restarts > 0 -> restarts--; goto begin \
    fi

// A sweep reads the arena and the caches of a slot only while the dead process still has it.
#ifdef WITHOUT_SWEEP_BEFORE_SLOT
#define IS_SWEPT true
#else
#define IS_SWEPT (holder[SLOT(life)] == life)
#endif

// The end of a sweep: the slot is free.
#define FREE_SLOT \
    if \
    :: holder[SLOT(life)] == life -> holder[SLOT(life)] = 0 \
    :: else \
    fi; \
    if \
    :: gone[SLOT(life)] == life -> gone[SLOT(life)] = 0 \
    :: else \
    fi; \
    last = (restarts > 0 -> life : 0); life = 0
