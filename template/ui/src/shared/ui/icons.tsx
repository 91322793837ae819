import type { ReactNode } from "react";

/** Line icons on a 24-unit grid. They repeat the label beside them, so assistive technology skips them. */
function icon(shape: ReactNode) {
  return function Icon() {
    return (
      <svg
        aria-hidden="true"
        width="20"
        height="20"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {shape}
      </svg>
    );
  };
}

export const ChatIcon = icon(
  <path d="M20 12a7.5 7.5 0 0 1-7.5 7.5H4.5l1.8-3A7.5 7.5 0 1 1 20 12ZM9 10.5h7M9 14h4" />,
);
export const DocumentIcon = icon(
  <path d="M13.5 3.5h-6a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-10ZM13.5 3.5v5h5M9 13h6M9 16.5h4" />,
);
export const ShieldIcon = icon(
  <path d="M12 3.5 5 6v5.5c0 4.2 2.9 7.4 7 9 4.1-1.6 7-4.8 7-9V6Zm-3 8.2 2.2 2.3L15.4 10" />,
);
export const ReviewIcon = icon(
  <path d="M9 5H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V7a2 2 0 0 0-2-2h-2M9 3.5h6v3H9ZM9 14l2.2 2.2L15.5 12" />,
);
export const AdminIcon = icon(<path d="M4 20V10M10 20V4M16 20v-7M21 20H3" />);
export const BillingIcon = icon(
  <path d="M5 5.5h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2ZM3 10h18M7 15h3" />,
);
export const PageIcon = icon(
  <path d="M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 9h16" />,
);
export const KeyIcon = icon(
  <path d="M11.5 12.5 20 4M17 7l2.5 2.5M14.5 9.5l2 2M12.5 15.5a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z" />,
);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const SendIcon = icon(<path d="M12 19V5M6 11l6-6 6 6" />);
export const StopIcon = icon(
  <rect x="7" y="7" width="10" height="10" rx="1.5" fill="currentColor" />,
);
export const UploadIcon = icon(
  <path d="M12 15.5V4M7.5 8.5 12 4l4.5 4.5M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" />,
);
export const TrashIcon = icon(
  <path d="M4 7h16M10 11v6M14 11v6M6 7l1 12a1.5 1.5 0 0 0 1.5 1.5h7A1.5 1.5 0 0 0 17 19l1-12M9 7V4h6v3" />,
);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const ListIcon = icon(<path d="M4 6.5h16M4 12h16M4 17.5h10" />);
export const CopyIcon = icon(
  <path d="M10 8.5h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 8.5 18v-8A1.5 1.5 0 0 1 10 8.5ZM5 15.5A1.5 1.5 0 0 1 4.5 14V6A1.5 1.5 0 0 1 6 4.5h8a1.5 1.5 0 0 1 1.5 1" />,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const ArrowIcon = icon(<path d="M5 12h14M13 6l6 6-6 6" />);
export const SignOutIcon = icon(
  <path d="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9" />,
);
export const WarningIcon = icon(<path d="M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17.2v.1" />);
