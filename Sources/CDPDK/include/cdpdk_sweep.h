/* What a dead process held: read from its records, and given back by the primary. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_arena.h"
#include "cdpdk_pool.h"

#pragma clang assume_nonnull begin

/* A dead process, as its entry in the registry describes it. */
struct cdpdk_dead {
    uint64_t holder; /* (slot + 1) << 32 | generation */
    uint64_t lcores[2];
    uint32_t chunk_count;
    struct {
        const void *_Nullable memory;
        uint64_t length;
    } chunks[CDPDK_ARENA_CHUNKS];
};

/* Reads a process's entry. False if it names memory that is not there. */
bool cdpdk_sweep_read(uint32_t slot, struct cdpdk_dead *dead);

/* How a packet was found. */
enum {
    CDPDK_FOUND_FREE = 0, /* in a cache of the dead process: it is free */
    CDPDK_FOUND_HELD = 1, /* the dead process had one reference of it */
    CDPDK_FOUND_LOST = 2, /* nobody can know where it is, or it is no packet of the group */
    /* in a driver's call: it is the dead process's alone when the driver has let go of all that its queue had */
    CDPDK_FOUND_IN_DOUBT = 3,
};

/* Calls `visit` with each segment that a dead process had, each once, with its pool's number, which
 * is CDPDK_REGISTRY_OBJECTS if it has none. Nothing is changed, and
 * nothing of living processes is read but the ends of rings. Returns the number of segments, or -1 if the records are
 * damaged or there is no memory. */
int64_t cdpdk_sweep_look(const struct cdpdk_dead *dead,
                         void (*visit)(void *segment, uint32_t pool, int32_t how, void *_Nullable context),
                         void *_Nullable context);

/* How many packets of a pool a process, alive or dead, has listed. -1 if its arena is damaged. */
int64_t cdpdk_sweep_count(const struct cdpdk_dead *process, struct cdpdk_pool *pool);

enum { CDPDK_SWEPT = 0, CDPDK_SWEEP_LATER = 1, CDPDK_SWEEP_DAMAGED = 2 };

/* Gives back what the dead process of a slot had, undoes moves that it had begun, and repairs the ends that it held,
 * exclusive ones and those of HTS rings. Only the primary calls this, one death at a time. `returned` and `lost` are
 * numbers of segments. LATER: nothing was changed, because a move cannot be judged yet. */
int32_t cdpdk_sweep(uint32_t slot, uint64_t *returned, uint64_t *lost);

/* Puts packets into their pools that a sweep could not put yet, since another process was moving. */
void cdpdk_sweep_rest(void);

/* A sweep remembers the packets IN_DOUBT. `holder` is the dead process. Once a queue is not used any more, and before
 * its driver lets go of what the queue has, the first function takes a reference of each, so that the driver cannot
 * free it. When the driver has let go of everything, the second one puts them into their pools; with `come_back` false
 * they stay in doubt for ever. It returns how many came back. Only the primary calls them, one thread at a time. */
void cdpdk_doubtful_refer(uint64_t holder);
uint64_t cdpdk_doubtful_end(uint64_t holder, bool come_back);

#pragma clang assume_nonnull end
