// Why the server has an allocator of its own: with glibc's the threads share few arenas, each with one lock. A search
// of low priority that is put aside while it holds one keeps the I/O threads waiting, and so does whoever gives the
// memory of a large answer back. jemalloc has caches per thread, and a thread of its own that gives memory back.

/// Read by jemalloc as it starts. Idle memory goes back after a second.
extern "C"
{
    char const* malloc_conf = "background_thread:true,narenas:4,dirty_decay_ms:1000,muzzy_decay_ms:0"; // NOLINT
}
