/** The product's sign: a line of text with a marker behind its end. Also public/favicon.svg. */
export function Mark() {
  return (
    <svg aria-hidden="true" width="28" height="28" viewBox="0 0 28 28">
      <rect width="28" height="28" rx="8" fill="var(--accent)" />
      <path
        d="M8 10h12M8 14.5h6M8 19h4"
        stroke="var(--accent-ink)"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <circle cx="19" cy="18" r="3" fill="var(--marker)" />
    </svg>
  );
}
