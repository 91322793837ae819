import { render } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { onTestFinished } from "vitest";
import { App } from "@/app/App";
import { features as everyFeature } from "@/app/features";
import { createQueryClient } from "@/app/queryClient";
import type { Feature } from "@/shared/feature";
import { FakeGateway, type Route } from "./gateway";

interface Options {
  features?: readonly Feature[];
  /** What the gateway answers besides its own contract. */
  routes?: readonly Route[];
  /** Puts the gateway into the state that the test is about, before the page asks it anything. */
  arrange?: (gateway: FakeGateway) => void;
}

export interface OpenProduct {
  gateway: FakeGateway;
  user: UserEvent;
}

/** Opens the whole product at an address, in front of a gateway of its own. */
export async function openProduct(
  address: string,
  { features = everyFeature, routes = [], arrange }: Options = {},
): Promise<OpenProduct> {
  const gateway = new FakeGateway(routes);
  arrange?.(gateway);
  window.happyDOM.setURL(await gateway.start());
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { retry: false } });
  onTestFinished(async () => {
    queryClient.clear();
    await gateway.stop();
  });
  render(
    <MemoryRouter initialEntries={[address]}>
      <App features={features} queryClient={queryClient} />
    </MemoryRouter>,
  );
  return { gateway, user: userEvent.setup() };
}
