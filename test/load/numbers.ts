// Medians, quantiles, and figures as people read them.

/** The value below which this share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `0.93 (0.88 to 0.97)`: the median and the spread. */
export function spread(values: readonly number[], digits = 2): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/** `19,200` */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** `12.3 MB` of bytes. */
export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** `2.5 ms` */
export const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
