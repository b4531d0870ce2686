#include "include/cdpdk_directory.h"

_Static_assert(sizeof(struct cdpdk_directory_header) == 256, "header of the directory");
_Static_assert(sizeof(struct cdpdk_directory_process) == 256, "process of the directory");
_Static_assert(sizeof(struct cdpdk_directory_object) == 1024, "object of the directory");
_Static_assert(sizeof(struct cdpdk_directory_claim) == 32, "claim of the directory");
