import { useEffect, useRef } from 'react';

/** Whether a page has been shown: the first one leaves the focus where a browser puts it. */
let isFirst = true;

/** The heading of a page; it takes the focus when the page is come to, so that a screen reader begins there. */
export function PageTitle({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = `${children} · Pixelpress`;
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1} className="page-title">
      {children}
    </h1>
  );
}
