import type { ReactNode } from "react";
import type { components } from "@contracts/gateway";

export type Role = components["schemas"]["Role"];

/** One entry of the navigation and the page behind it. A module exports it under the name `feature`. */
export interface Feature {
  /** The first segment of the address, without slashes; the feature owns everything below it. */
  path: string;
  label: string;
  icon: ReactNode;
  /** Smaller comes first; the first one that a person may see is their start page. */
  order: number;
  /** Behind the person's name instead of in the navigation. */
  place?: "account";
  /** Any one of these is enough; none means everyone who is signed in. */
  roles: readonly Role[];
  element: ReactNode;
}

export function isVisible(feature: Feature, roles: readonly Role[]): boolean {
  return feature.roles.length === 0 || feature.roles.some((role) => roles.includes(role));
}
