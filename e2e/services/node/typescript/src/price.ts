const prices: Record<string, number> = { ink: 450 };

export function price(what: string): number {
  return prices[what] ?? 0;
}
