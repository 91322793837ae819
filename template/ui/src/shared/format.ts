const SIZES = ["B", "kB", "MB", "GB"];

/** 1536 → "1.5 kB" (SI units, as file managers show them). */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), SIZES.length - 1);
  const digits = power === 0 ? 0 : 1;
  return `${(bytes / 1000 ** power).toFixed(digits)} ${SIZES[power] ?? ""}`;
}

export function formatCount(count: number): string {
  return new Intl.NumberFormat(undefined).format(count);
}

/** "3 passages", "1 passage". */
export function pluralise(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A short date for lists: the time of day when it is today, otherwise the day, with its year when it is another one. */
export function formatMoment(iso: string, now: Date): string {
  const moment = new Date(iso);
  const isThisYear = moment.getFullYear() === now.getFullYear();
  const options: Intl.DateTimeFormatOptions =
    moment.toDateString() === now.toDateString()
      ? { hour: "numeric", minute: "2-digit" }
      : { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) };
  return new Intl.DateTimeFormat(undefined, options).format(moment);
}
