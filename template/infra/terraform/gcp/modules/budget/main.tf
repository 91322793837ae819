# An e-mail before the money is gone: on what is spent, and on what the month will come to.
variable "name" {
  description = "Name of the budget."
  type        = string
}

variable "project" {
  description = "The project whose costs are counted."
  type        = string
}

variable "billing_account" {
  description = "The billing account."
  type        = string
}

variable "monthly" {
  description = "The month's limit in the billing account's currency."
  type        = number
}

variable "contact" {
  description = "Who gets the e-mail."
  type        = string
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_monitoring_notification_channel" "contact" {
  display_name = "Budget of ${var.name}"
  type         = "email"
  labels       = { email_address = var.contact }
}

resource "google_billing_budget" "monthly" {
  billing_account = var.billing_account
  display_name    = var.name

  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly)
    }
  }

  threshold_rules {
    threshold_percent = 0.8
  }

  threshold_rules {
    threshold_percent = 0.8
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.contact.id]
  }
}
