/** How what Home shows renews itself: every half minute, and never while the page is hidden. */
export const often = { refetchInterval: 30_000, refetchIntervalInBackground: false } as const;
