export function loader() { return { n: 41 + 1 }; } export default function Home({ loaderData }: { loaderData: { n: number } }) { return <p>answer {loaderData.n}</p>; }
