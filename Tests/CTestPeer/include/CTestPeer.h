/* Processes that are killed in the middle of a driver's call, and a driver that keeps packets: no such one runs on a
 * machine without network cards. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* From now on, a call that transmits or receives on a port lets the driver have the first half of the packets, and
 * then kills the process. */
void ctestpeer_die_in_call(uint16_t port, bool transmits);

/* In the primary: from now on, single transmit queues can be stopped, which frees the packets that the next function
 * has kept. False: there is no memory. */
bool ctestpeer_free_at_stop(void);
/* In a secondary: from now on, a call that transmits keeps one half of the packets, of which it frees the first one all
 * the same, and then kills the process. */
bool ctestpeer_die_keeping(uint16_t port);

#pragma clang assume_nonnull end
