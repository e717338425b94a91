/** What the walk is told of the places in a tree; of each, C holds what its caller needs, such as the path. */
export interface TreeMap<C> {
  readonly isBranch: (node: unknown, at: C) => node is object;
  /** What takes the place of what is no branch. */
  readonly leaf: (node: unknown, at: C) => unknown;
  /** The place of a branch's part, which is an array's if `list`. */
  readonly below: (at: C, key: string, list: boolean) => C;
  /** The error for a branch that contains itself. */
  readonly cycle: (at: C) => Error;
}

/** What is yet to be looked at, and where it goes; or a branch that has been looked through, which goes nowhere. */
interface Waiting<C> {
  readonly node: unknown;
  readonly at: C;
  readonly holder: unknown[] | null;
  readonly index: number;
}

/** The tree with its leaves replaced, in their order: branches become arrays and plain records. It may be deeper than the stack. */
export function mapTree<C>(tree: unknown, root: C, { isBranch, leaf, below, cycle }: TreeMap<C>): unknown {
  const top: unknown[] = [];
  /** Each after the one that holds it. */
  const branches: { readonly keys: readonly string[] | null; readonly parts: unknown[]; readonly from: Waiting<C> }[] =
    [];
  const open = new Set<unknown>();
  const waiting: Waiting<C>[] = [{ node: tree, at: root, holder: top, index: 0 }];
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    const { node, at, holder, index } = from;
    if (holder === null) open.delete(node);
    else if (!isBranch(node, at)) holder[index] = leaf(node, at);
    else {
      if (open.has(node)) throw cycle(at);
      open.add(node);
      waiting.push({ ...from, holder: null });
      const list = Array.isArray(node);
      const keys = Object.keys(node);
      const parts = new Array<unknown>(keys.length);
      branches.push({ keys: list ? null : keys, parts, from });
      const children = keys.map((key, i): Waiting<C> => ({
        node: node[key as never],
        at: below(at, key, list),
        holder: parts,
        index: i,
      }));
      for (const child of children.reverse()) waiting.push(child); // the first is next
    }
  }
  for (const { keys, parts, from } of branches.reverse())
    from.holder![from.index] = keys === null ? parts : Object.fromEntries(keys.map((key, i) => [key, parts[i]]));
  return top[0];
}
