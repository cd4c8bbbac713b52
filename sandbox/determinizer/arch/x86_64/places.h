// Where the shared memory lies in each process of the job.
#pragma once

// Above mmap_base without address randomisation, below any stack that an 8 MiB limit can grow: nothing else is put there.
#define SHARED_ADDRESS 0x7ffff8100000UL
