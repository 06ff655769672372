import { type ComponentType, lazy, Suspense } from "react";

/** A component that comes, with all that it imports, when it is first shown. Until it is there, its place is empty. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Lazy = lazy(async () => ({ default: await load() }));
  // biome-ignore lint/correctness/noComponentHookFactories: it is called once a component, when its module is loaded
  return function Later(props: P) {
    return (
      <Suspense fallback={null}>
        <Lazy {...props} />
      </Suspense>
    );
  };
}
