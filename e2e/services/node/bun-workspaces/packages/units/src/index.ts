export const metres = (n: number): string => `${n} m`;
