import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmProvider } from '../parts/confirm.tsx';
import { Told } from '../parts/told.tsx';
import { styleNonce } from './nonce.ts';
import { openQueries } from './queries.ts';
import { router } from './router.tsx';
import { SpokenProvider } from './spoken.tsx';
import { readableColors, theme } from './theme.ts';

/** The whole console. */
export function Console() {
  const [queries] = useState(openQueries);
  return (
    <SpokenProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <QueryClientProvider client={queries}>
          <ConfirmProvider>
            <RouterProvider router={router} />
          </ConfirmProvider>
          <Told />
        </QueryClientProvider>
      </MantineProvider>
    </SpokenProvider>
  );
}
