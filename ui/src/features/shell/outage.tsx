import { ask, useOutage } from "../../api/reach";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { full, zone } from "../../lib/clock";
import { useDraftFault } from "../../lib/useDraft";

/** Says across all screens what keeps them from working: no server, or a browser that keeps no drafts. */
export function Outage() {
  const outage = useOutage();
  const fault = useDraftFault();
  return (
    <>
      {outage && (
        <Banner
          kind="bad"
          actions={
            <Button small onClick={() => void ask()}>
              Try now
            </Button>
          }
        >
          {outage.stopping ? "The server is stopping." : "The server does not answer."} It has been so since{" "}
          {full(outage.since).slice(11, 19)} {zone()}. What you typed is kept, and this page tries again by itself.
        </Banner>
      )}
      {fault && <Banner kind="warn">{fault}</Banner>}
    </>
  );
}
