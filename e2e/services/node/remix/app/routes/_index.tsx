import { useLoaderData } from "@remix-run/react";
import { bottles } from "~/bottles.server";

export const meta = () => [{ title: "Cellar" }];

export const loader = () => ({ left: bottles.length });

export default function Index() {
  const { left } = useLoaderData<typeof loader>();
  return <h1>{`${left} bottles are left`}</h1>;
}
