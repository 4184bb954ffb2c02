import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { ConfirmProvider } from '../parts/confirm.tsx';
import { Told } from '../parts/told.tsx';
import { styleNonce } from './nonce.ts';
import { openQueries } from './queries.ts';
import { router } from './router.tsx';
import { SpokenProvider } from './spoken.tsx';
import { readableColors, themeIn } from './theme.ts';
import { useLanguage } from './words.ts';

/** The whole console. */
export function Console() {
  const [queries] = useState(openQueries);
  return (
    <SpokenProvider>
      <Themed>
        <QueryClientProvider client={queries}>
          <ConfirmProvider>
            <RouterProvider router={router} />
          </ConfirmProvider>
          <Told />
        </QueryClientProvider>
      </Themed>
    </SpokenProvider>
  );
}

function Themed({ children }: { readonly children: ReactNode }) {
  const language = useLanguage();
  const theme = useMemo(() => themeIn(language), [language]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColors}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      {children}
    </MantineProvider>
  );
}
