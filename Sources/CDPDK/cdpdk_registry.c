#include "include/cdpdk_registry.h"

_Static_assert(sizeof(struct cdpdk_registry_header) == 256, "header of the registry");
_Static_assert(sizeof(struct cdpdk_registry_process) == 256, "process of the registry");
_Static_assert(sizeof(struct cdpdk_registry_object) == 1024, "object of the registry");
_Static_assert(sizeof(struct cdpdk_registry_claim) == 32, "claim of the registry");
