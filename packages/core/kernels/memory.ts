/** The first byte that kernels and their callers may use as they like, from call to call: nothing lies behind it. */
export function scratch(): usize {
  return (__heap_base + 63) & ~63;
}
