import type { Feature } from "@/shared/feature";

/** The features in a set of modules, in the order of the navigation. Modules without one are left out. */
export function discover(modules: Record<string, Feature | undefined>): Feature[] {
  const owners = new Map<string, string>();
  const found: Feature[] = [];
  for (const [file, feature] of Object.entries(modules)) {
    if (!feature) continue;
    const owner = owners.get(feature.path);
    if (owner) throw new Error(`${owner} and ${file} both claim the path "${feature.path}"`);
    owners.set(feature.path, file);
    found.push(feature);
  }
  return found.sort((a, b) => a.order - b.order || a.label.localeCompare(b.label));
}

/** Whatever lies in features/ and pages/: adding or removing a folder there needs no change here. */
export const features = discover(
  import.meta.glob<Feature | undefined>(
    ["../features/*/index.tsx", "../pages/*.tsx", "../pages/*/index.tsx", "!**/*.test.tsx"],
    { eager: true, import: "feature" },
  ),
);
