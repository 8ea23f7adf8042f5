export default function Page() { return <h1>a site of Next.js</h1>; }
