/** A part of a that became a part of b: a[a0:a1] → b[b0:b1]. One of both may be empty. */
export interface Change {
  a0: number;
  a1: number;
  b0: number;
  b1: number;
}

// After so many steps from both ends the search takes the best point that it has: the difference is then right, but may not be the shortest.
const most = 800;

/**
 * The changes that make b of a, in order: Myers' algorithm in linear space. The shortest, unless both differ in more than a thousand
 * places.
 */
export function changes(a: ArrayLike<number>, b: ArrayLike<number>): Change[] {
  const gone = new Uint8Array(a.length);
  const come = new Uint8Array(b.length);
  const size = a.length + b.length + 3;
  const forward = new Int32Array(2 * size + 1);
  const backward = new Int32Array(2 * size + 1);
  const todo: Change[] = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
  for (let box = todo.pop(); box; box = todo.pop()) {
    const { a0, a1, b0, b1 } = trimmed(a, b, box);
    if (a0 === a1) come.fill(1, b0, b1);
    else if (b0 === b1) gone.fill(1, a0, a1);
    else {
      const [x, y] = middle(a, b, { a0, a1, b0, b1 }, forward, backward, size);
      if ((x === a0 && y === b0) || (x === a1 && y === b1)) {
        gone.fill(1, a0, a1);
        come.fill(1, b0, b1);
      } else {
        todo.push({ a0: x, a1, b0: y, b1 }, { a0, a1: x, b0, b1: y });
      }
    }
  }
  return gathered(gone, come);
}

function trimmed(a: ArrayLike<number>, b: ArrayLike<number>, box: Change): Change {
  let { a0, a1, b0, b1 } = box;
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
    a0++;
    b0++;
  }
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
    a1--;
    b1--;
  }
  return { a0, a1, b0, b1 };
}

// middle is a point of a shortest path through the box, found from both ends at once. The diagonal k of x - y is at index k + zero.
function middle(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { a0, a1, b0, b1 }: Change,
  forward: Int32Array,
  backward: Int32Array,
  zero: number,
): [number, number] {
  const n = a1 - a0;
  const m = b1 - b0;
  const delta = n - m;
  const odd = delta % 2 !== 0;
  const at = (row: Int32Array, k: number) => row[k + zero] as number;
  forward[zero + 1] = 0;
  backward[zero + 1] = 0;
  const end = Math.min(most, Math.ceil((n + m) / 2));
  for (let d = 0; d <= end; d++) {
    for (let k = -d; k <= d; k += 2) {
      let x =
        k === -d || (k !== d && at(forward, k - 1) < at(forward, k + 1)) ? at(forward, k + 1) : at(forward, k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 && a[a0 + x] === b[b0 + x - k]) x++;
      forward[k + zero] = x;
      const back = delta - k;
      if (odd && back >= -(d - 1) && back <= d - 1 && x + at(backward, back) >= n) return inside(x, k);
    }
    for (let k = -d; k <= d; k += 2) {
      let x =
        k === -d || (k !== d && at(backward, k - 1) < at(backward, k + 1))
          ? at(backward, k + 1)
          : at(backward, k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 && a[a1 - 1 - x] === b[b1 - 1 - (x - k)]) x++;
      backward[k + zero] = x;
      const fore = delta - k;
      if (!odd && fore >= -d && fore <= d && x + at(forward, fore) >= n) return inside(n - x, fore);
    }
  }
  return farthest();

  function inside(x: number, k: number): [number, number] {
    const cut = Math.min(n, Math.max(0, x));
    return [a0 + cut, b0 + Math.min(m, Math.max(0, x - k))];
  }
  function farthest(): [number, number] {
    let best: [number, number] = [0, 0];
    for (let k = -end; k <= end; k += 2) {
      const x = at(forward, k);
      const y = x - k;
      if (x <= n && y >= 0 && y <= m && x + y > best[0] + best[1]) best = [x, y];
    }
    return [a0 + best[0], b0 + best[1]];
  }
}

function gathered(gone: Uint8Array, come: Uint8Array): Change[] {
  const out: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < gone.length || j < come.length) {
    const a0 = i;
    const b0 = j;
    while (gone[i]) i++;
    while (come[j]) j++;
    if (i > a0 || j > b0) out.push({ a0, a1: i, b0, b1: j });
    else {
      i++;
      j++;
    }
  }
  return out;
}
