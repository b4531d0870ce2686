/* The child process and its instructions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Goes on to the next instruction. False at the child's pause, and at its end. */
bool stepper_step(void);
/* Whether the child is in judge_pause. */
bool stepper_is_paused(void);
/* Writes where the child is. */
void stepper_describe(char *text, size_t size);
