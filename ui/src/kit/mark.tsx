/** The sign of Openloop: a loop that is open. It has the colour of links. */
export const Mark = ({ size = 20 }: { size?: number }) => (
  <svg className="mark" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
    <path
      d="M14.6 5.2A6.6 6.6 0 1 0 16.6 10"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
    />
    <circle cx="16.2" cy="6.6" r="1.6" fill="currentColor" />
  </svg>
);
