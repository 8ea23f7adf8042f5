export function greeting(name: string): string {
  return `good day, ${name}`;
}
