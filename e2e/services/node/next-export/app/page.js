import Link from 'next/link';

export default function Page() {
  return <h1>A library, <Link href="/hours">open on some days</Link></h1>;
}
