export enum Kind {
  Paste = "paste",
}

export const welcome = (by: string): string => `a ${Kind.Paste} by ${by}`;
