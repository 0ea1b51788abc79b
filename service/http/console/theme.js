// Sets the theme before anything is drawn. Values: "light", "dark", or none: as the system says.
'use strict';
try {
  const theme = localStorage.getItem('signalbook.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: as the system says.
}
