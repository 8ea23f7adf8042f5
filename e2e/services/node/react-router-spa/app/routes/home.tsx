export async function clientLoader() {
  return { points: 1 + Math.floor(Math.random() * 6) };
}

export default function Home({ loaderData }: { loaderData: { points: number } }) {
  return <h1>{loaderData.points}</h1>;
}
