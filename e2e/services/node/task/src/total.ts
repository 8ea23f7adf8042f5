export interface Line {
  what: string;
  cents: number;
}

export const total = (lines: Line[]): number => lines.reduce((sum, line) => sum + line.cents, 0);
