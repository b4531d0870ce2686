/* The one place that says what is missing; the other files compile to nothing then. */
#if !__has_include(<rte_config.h>) || !__has_include(<numa.h>)
#error "DPDK or libnuma was not found: install them with 'apt-get install libdpdk-dev libnuma-dev', then build again"
#endif
