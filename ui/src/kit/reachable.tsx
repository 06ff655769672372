// Base UI hides the rest of the page from assistive software while the list of a field is open, though Tab still leads there (mui/base-ui#5528).
import { type ComponentProps, useLayoutEffect } from "react";

/** The `render` of a list's Popup that leaves the rest of the page within reach. */
export function reachable({ children, ...props }: ComponentProps<"div">, { open }: { open: boolean }) {
  return (
    <div {...props}>
      {open && <Reachable />}
      {children}
    </div>
  );
}

// Base UI spares live regions. What it finds around the list is one as long as the list is open: a region that is off, as all are that say nothing.
function Reachable() {
  useLayoutEffect(() => {
    const around = [...document.body.children].filter((element) => !element.hasAttribute("aria-live"));
    for (const element of around) element.setAttribute("aria-live", "off");
    return () => {
      for (const element of around) element.removeAttribute("aria-live");
    };
  }, []);
  return null;
}
