import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes in milliseconds; a busy machine must not make it a failure.
configure({ asyncUtilTimeout: 10_000 });
afterEach(cleanup);
