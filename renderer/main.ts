/** Where the window begins: fonts, styles, the stores, the lab it belongs to, and the application. */
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import 'dockview-vue/dist/styles/dockview.css'
import 'vue-sonner/style.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/dock.css'
import './styles/toasts.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connect } from './client/connect.ts'
import { useCommands } from './stores/commands.ts'
import { useLab } from './stores/lab.ts'
import { useNotices } from './stores/notices.ts'
import { useTheme } from './stores/theme.ts'

const app = createApp(App).use(createPinia())
const notices = useNotices()
app.config.errorHandler = (error) => {
  console.error(error)
  notices.fail(error)
}
useTheme()
useLab().attach(await connect())
app.mount('#app')
window.synod?.onMenu((command) => void useCommands().run(command))
