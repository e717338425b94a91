/** The first byte that kernels and their callers may use as they like, from call to call: nothing lies behind it. */
export function scratch(): usize {
  return (__heap_base + 63) & ~63;
}

/** Copies rows of so many bytes, multiples of 4, in blocks of so many; where neighbours are how far apart is in bytes. */
export function copyBlocks(
  to: usize,
  toBlock: usize,
  toRow: usize,
  from: usize,
  fromBlock: usize,
  fromRow: usize,
  blocks: i32,
  rows: i32,
  bytes: i32,
): void {
  for (let block = 0; block < blocks; block++, to += toBlock, from += fromBlock) {
    let a = to;
    let b = from;
    for (let row = 0; row < rows; row++, a += toRow, b += fromRow) {
      let i = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(a + i, v128.load(b + i));
      for (; i < bytes; i += 4) store<u32>(a + i, load<u32>(b + i));
    }
  }
}
