import type { Tour } from "./useTour";

/** What every step is given. */
export interface StepProps {
  tour: Tour;
  /** The secret of the key that was made here, as long as this page is open. */
  secret: string | undefined;
  onSecret: (secret: string) => void;
}
