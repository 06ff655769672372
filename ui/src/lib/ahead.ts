/** Loads a part of the program that will soon be needed. Whether it came is found out by what needs it, which then asks again. */
export function ahead<T>(load: () => Promise<T>, then?: (part: T) => void): void {
  load().then(then, () => undefined);
}
